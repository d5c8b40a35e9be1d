"""Run a module on a frozen database: `python -m tests.support.upgrade.run DATABASE_URL STATE MODULE [ARGUMENT]...`."""

import os
import runpy
import sys

from tests.support.upgrade.secrets import environment

if __name__ == "__main__":
    url, state, module, *arguments = sys.argv[1:]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NSMAAS_")}
    os.environ.clear()
    os.environ.update(kept, DJANGO_SETTINGS_MODULE="portal.settings", **environment(database_url=url, state=state))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")
