import ipaddress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tenants.networks import parse_networks, validate_expected_networks


@given(st.ip_addresses().flatmap(lambda address: st.tuples(st.just(address), st.integers(0, address.max_prefixlen))))
def test_each_network_is_read_as_it_is_written(parts):
    address, length = parts
    network = ipaddress.ip_network((address, length), strict=False)
    assert parse_networks([f"  {network}\t"]) == [network]


@given(st.lists(st.text(), max_size=3))
def test_any_text_is_a_network_or_a_validation_error(texts):
    try:
        networks = parse_networks(texts)
    except ValidationError:
        return
    assert len(networks) == len(texts)
    assert all(str(network).isprintable() for network in networks)


@given(
    st.one_of(
        st.none(), st.integers(), st.text(), st.dictionaries(st.text(), st.text()), st.lists(st.integers(), min_size=1)
    )
)
def test_what_is_no_list_of_texts_is_refused(value):
    with pytest.raises(ValidationError, match="list of networks"):
        validate_expected_networks(value)


def test_an_empty_list_says_how_to_write_anywhere():
    with pytest.raises(ValidationError, match=r"0\.0\.0\.0/0"):
        validate_expected_networks([])


def test_the_message_names_the_faulty_one_and_shows_how_to_write_it():
    with pytest.raises(ValidationError, match=r"'203\.0\.113\.7/24' is not a network.*203\.0\.113\.7/32"):
        parse_networks(["198.51.100.0/24", "203.0.113.7/24"])
