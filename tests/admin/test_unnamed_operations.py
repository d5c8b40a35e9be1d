"""A page of the admin that names no operation for what it writes cannot write."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from tenants.models import Site
from tenants.provider_admin import ProviderAdmin
from tests.support.world import World


@pytest.mark.parametrize("change", [True, False])
def test_it_saves_nothing(world: World, change):
    page = ProviderAdmin(Site, admin.site)
    site = Site.objects.get(pk=world.quay.pk)
    site.name = "written past the operations"
    with pytest.raises(NotImplementedError, match="ProviderAdmin has no operation"):
        page.save_model(RequestFactory().post("/"), site, form=None, change=change)
    assert Site.objects.get(pk=world.quay.pk).name == world.quay.name
