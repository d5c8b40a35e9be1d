"""What a program may call by a token, and what the token must allow for it. What is not here is refused.

Neither may it ask for something that takes two people, nor agree to it: both are people who have shown who they are.
It may object, which only ever keeps something from happening.
"""

from tenants.roles import Permission

# By the name of the url and the method.
TOKEN_CALLS: dict[tuple[str, str], frozenset[Permission]] = {
    ("api-schema", "GET"): frozenset({Permission.CUSTOMER_VIEW}),
    ("api-customer-list", "GET"): frozenset({Permission.CUSTOMER_VIEW}),
    ("api-customer-detail", "GET"): frozenset({Permission.CUSTOMER_VIEW}),
    ("api-customer-detail", "PATCH"): frozenset({Permission.CUSTOMER_MANAGE, Permission.CUSTOMER_VIEW}),
    ("api-site-list", "GET"): frozenset({Permission.SENSOR_VIEW}),
    ("api-site-list", "POST"): frozenset({Permission.SITE_MANAGE, Permission.SENSOR_VIEW}),
    ("api-site-detail", "GET"): frozenset({Permission.SENSOR_VIEW}),
    ("api-site-detail", "PATCH"): frozenset({Permission.SITE_MANAGE, Permission.SENSOR_VIEW}),
    ("api-sensor-list", "GET"): frozenset({Permission.SENSOR_VIEW}),
    ("api-sensor-list", "POST"): frozenset({Permission.SENSOR_MANAGE, Permission.SENSOR_VIEW}),
    ("api-sensor-detail", "GET"): frozenset({Permission.SENSOR_VIEW}),
    ("api-sensor-detail", "PATCH"): frozenset({Permission.SENSOR_MANAGE, Permission.SENSOR_VIEW}),
    ("api-sensor-enrolment-code", "POST"): frozenset({Permission.ENROLMENT_CODE_ISSUE}),
    ("api-sensor-report-loss", "POST"): frozenset({Permission.LOSS_REPORT}),
    ("api-sensor-retire", "POST"): frozenset({Permission.SENSOR_MANAGE, Permission.SENSOR_VIEW}),
    ("api-artifact", "GET"): frozenset({Permission.SENSOR_MANAGE}),
    ("api-case-list", "GET"): frozenset({Permission.CASE_VIEW}),
    ("api-case-detail", "GET"): frozenset({Permission.CASE_VIEW}),
    ("api-case-notes", "POST"): frozenset({Permission.LOSS_REPORT}),
    ("api-closing", "GET"): frozenset({Permission.CASE_VIEW}),
    ("api-closing-refuse", "POST"): frozenset({Permission.LOSS_REPORT}),
    # They belong to no customer: staff see them by a token for one customer, too.
    ("api-gateway-list", "GET"): frozenset({Permission.SENSOR_VIEW}),
    ("api-gateway-detail", "GET"): frozenset({Permission.SENSOR_VIEW}),
    ("api-gateway-revoke", "POST"): frozenset({Permission.GATEWAY_MANAGE}),
}
