"""What is done to gateways, in the words of approvals, mails and the audit trail: all of the staff hear of each."""

from tenants.audit.actions import AuditAction

REGISTER = AuditAction.GATEWAY_REGISTER
CHANGE = AuditAction.GATEWAY_CHANGE
ISSUE_CODE = AuditAction.GATEWAY_ENROLMENT_CODE_ISSUE
GIVE_BACK = AuditAction.GATEWAY_GIVE_BACK
ENROL = AuditAction.GATEWAY_ENROLMENT_REQUEST

# By which a machine becomes this gateway.
CODE_ACTIONS = frozenset({ISSUE_CODE, GIVE_BACK})
# What two people must want.
ACTIONS = frozenset({REGISTER, CHANGE}) | CODE_ACTIONS
