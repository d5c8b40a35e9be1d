"""Pictures of all pages, or of those that are named with one of the words.

`python -m tests.support.browser.take_screenshots DIRECTORY [WORD...]`
"""

import sys
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from tests.support.browser.admin_pictures import ADMIN_PICTURES
from tests.support.browser.chromium import chromium, new_context, sign_in
from tests.support.browser.people_door import PeopleDoor, people_door
from tests.support.browser.pictures import PICTURES, Picture

Scheme = Literal["light", "dark"]


def take_all(door: PeopleDoor, browser: Browser, directory: Path, pictures: list[Picture]) -> None:
    schemes: tuple[Scheme, ...] = ("light", "dark")
    people = dict.fromkeys(picture.who for picture in pictures)
    for who, phone, scheme in product(people, (False, True), schemes):
        mine = [picture for picture in pictures if picture.who == who and (scheme == "light" or picture.dark)]
        if mine:
            take(door, browser, directory, mine, phone=phone, scheme=scheme)


def take(
    door: PeopleDoor, browser: Browser, directory: Path, pictures: list[Picture], *, phone: bool, scheme: Scheme
) -> None:
    """One session of one person."""
    context = new_context(browser, phone=phone, scheme=scheme)
    page = context.new_page()
    page.on("response", lambda answer: print(answer.status, answer.url) if answer.status >= 500 else None)
    if who := pictures[0].who:
        sign_in(page, door, who)
    for picture in pictures:
        picture.go(page, door.address)
        page.wait_for_timeout(250)
        kind = ("phone" if phone else "desktop") + ("-dark" if scheme == "dark" else "")
        # What sticks to the window's edges would lie over the page in a longer picture.
        whole = not picture.name.startswith(("admin-", "report"))
        page.screenshot(path=directory / f"{picture.name}-{kind}.png", full_page=whole)
    context.close()


def main() -> None:
    directory, words = Path(sys.argv[1]), sys.argv[2:]
    directory.mkdir(parents=True, exist_ok=True)

    def wanted(picture: Picture) -> bool:
        return not words or any(word in picture.name for word in words)

    with people_door() as door, chromium() as browser:
        take_all(door, browser, directory, [picture for picture in PICTURES if wanted(picture)])
    # Onboarding changes what is there, so each width gets a portal of its own.
    if steps := [picture for picture in ADMIN_PICTURES if wanted(picture)]:
        for phone in (False, True):
            with people_door() as door, chromium() as browser:
                take(door, browser, directory, steps, phone=phone, scheme="light")


if __name__ == "__main__":
    main()
