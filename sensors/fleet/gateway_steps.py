"""What is done to gateways, in the words of approvals, mails and the audit trail: all of the staff hear of each."""

REGISTER = "gateway:register"
CHANGE = "gateway:change"
ISSUE_CODE = "gateway:enrolment-code:issue"
GIVE_BACK = "gateway:give-back"
ENROL = "gateway:enrolment:request"

# By which a machine becomes this gateway.
CODE_ACTIONS = frozenset({ISSUE_CODE, GIVE_BACK})
# What two people must want.
ACTIONS = frozenset({REGISTER, CHANGE}) | CODE_ACTIONS
