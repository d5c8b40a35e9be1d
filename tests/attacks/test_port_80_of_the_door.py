"""Who took over the ACME server's client puts a link beside the answers that nginx gives: to what nginx can read."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.nginx import TEMPLATES, fill_in
from lab.portal import free_port
from tests.support.waiting import wait_until

pytestmark = pytest.mark.live

# Root for its workers, too, should root start it: the folder is nobody else's.
ALONE = "user root; daemon off; pid nginx.pid; events {} http { include common.conf; include challenge.conf*; }"
FOLDER = ".well-known/acme-challenge"


@pytest.fixture
def port_80(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """What curl says of a path there."""
    port, answers = free_port(19480), tmp_path / "answers" / FOLDER
    answers.mkdir(parents=True)
    (answers / "token").write_text("proof")
    (tmp_path / "people.pem").write_text("the door's own key")
    (answers / "key").symlink_to(tmp_path / "people.pem")
    (tmp_path / "answers" / "outside").write_text("no answer to any question")
    shutil.copy(TEMPLATES / "common.conf", tmp_path)
    values = {
        "NGINX_CHALLENGE_LISTEN": f"127.0.0.1:{port}",
        "NGINX_CHALLENGES": str(tmp_path / "answers"),
        "NGINX_NAME": "portal.example.org",
    }
    (tmp_path / "challenge.conf").write_text(fill_in((TEMPLATES / "challenge.conf.template").read_text(), values))
    (tmp_path / "nginx.conf").write_text(ALONE)
    log = tmp_path / "start.log"

    def ask(path: str, *more: str) -> str:
        command = ["curl", "--silent", "--path-as-is", "--write-out", " %{http_code} %{redirect_url}", *more]
        command.append(f"http://127.0.0.1:{port}{path}")
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    with subprocess.Popen(["nginx", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", log]) as process:
        wait_until(lambda: ask("/").startswith("<html>"), seconds=10, what=f"nginx answers; see {log}")
        yield ask
        process.terminate()


def test_a_link_beside_the_answers_does_not_show_the_doors_key(port_80: Callable[..., str]):
    assert port_80(f"/{FOLDER}/token") == "proof 200 "
    said = port_80(f"/{FOLDER}/key")
    assert "key" not in said
    assert said.endswith(" 403 ")


def test_nothing_beside_the_answers_is_given(port_80: Callable[..., str]):
    for path in ("/outside", f"/{FOLDER}/", f"/{FOLDER}/../../outside", f"/{FOLDER}/%2e%2e/%2e%2e/outside"):
        assert port_80(path).endswith(" 301 https://portal.example.org/"), path
    assert port_80(f"/{FOLDER}/x/../token") == "proof 200 "


def test_nothing_of_a_question_comes_back_in_the_answer(port_80: Callable[..., str]):
    for path, more in (("/secret?next=secret", ()), ("/", ("--header", "Host: secret.example"))):
        said = port_80(path, *more)
        assert "secret" not in said
        assert said.endswith(" 301 https://portal.example.org/")
    assert port_80(f"/{FOLDER}/token", "--data", "secret").endswith(" 405 ")
