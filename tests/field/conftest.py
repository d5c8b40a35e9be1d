"""One box of the laboratory has a kernel of its own; portal, gateway and the site are the laboratory's."""

import os
import platform
from collections.abc import Iterator

import pytest

from lab.laboratory import Laboratory
from tests.support.field.box_image import box_image
from tests.support.field.boxed_site import NAME, BoxedSite
from tests.support.field.virtual_box import VirtualBox

TAP = "tap0"


@pytest.fixture(scope="module")
def site(live: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxedSite]:
    folder = tmp_path_factory.mktemp("site")
    image = box_image(platform.freedesktop_os_release()["VERSION_CODENAME"])
    with Laboratory(people_port=8500 + os.getpid() % 90, renewable_after_percent=0) as laboratory:
        laboratory.start()
        # In place of the namespace that the laboratory has for this box.
        laboratory.topology.sensors[NAME].ip("link del eth0")
        router = laboratory.topology.routers["site-a"]
        router.ip(f"tuntap add {TAP} mode tap", f"link set {TAP} master br0", f"link set {TAP} up")
        box = VirtualBox(folder / "box", image=image, namespace=router.name, tap=TAP)
        try:
            yield BoxedSite(laboratory, box, folder)
        finally:
            box.cut_power()


@pytest.fixture(autouse=True)
def told_on_failure(request: pytest.FixtureRequest, site: BoxedSite) -> Iterator[None]:
    """What the box says of itself, for the one who reads why a test failed."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        print(site.box.console.read_text(errors="replace")[-2000:])
        if site.box.is_on():
            print(site.box.try_shell("nsm-sensor status; journalctl --boot --no-pager --unit='nsm*' | tail -60")[1])
