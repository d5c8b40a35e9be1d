"""How often secrets may be guessed, and mails be asked for. The figures are in docs/threat-model.md, too.

Who guesses from where nobody is known shares one budget for each account: a thousand networks have no more tries than
one. A browser that has signed in before has a budget of its own, which no one else can use up. Both together, a stolen
cookie included, stay under 20 passwords in any hour.
"""

from limits.budget import Budget

# Passwords, from browsers that are not known: 12 in an hour for an account. Of these one network gets 5 at once and 3
# an hour, so that the others have some left.
PASSWORDS_OF_ACCOUNT = Budget("password:account", burst=6, refill=600, in_need=1)
PASSWORDS_FROM_NETWORK_FOR_ACCOUNT = Budget("password:account-and-network", burst=5, refill=1200, in_need=1)
# For all accounts together: against one password tried on everybody, and hashing for nothing. A place of work
# behind one address has people who mistype at the same time in the morning.
PASSWORDS_FROM_NETWORK = Budget("password:network", burst=20, refill=30)
PASSWORDS_FROM_NEIGHBOURHOOD = Budget("password:neighbourhood", burst=100, refill=6)
# A known browser: 7 in an hour. Then it counts as one that is not known.
PASSWORDS_OF_BROWSER = Budget("password:browser", burst=5, refill=1800)

# Codes: three are right at any moment, so a try is right once in 333,000, and 24 a day make one success in forty years.
CODES_OF_ACCOUNT = Budget("code:account", burst=5, refill=3600, in_need=1)
CODES_OF_BROWSER = Budget("code:browser", burst=5, refill=1800)

# Challenges for passkeys, of which nobody has said whose they are: each is a row of a session for a quarter of an hour.
# A passkey cannot be guessed, so nothing is counted for an account, and nobody is kept out of it by others.
PASSKEYS_FROM_NETWORK = Budget("passkey:network", burst=30, refill=2)
PASSKEYS_FROM_NEIGHBOURHOOD = Budget("passkey:neighbourhood", burst=120, refill=1)

# Right or wrong, since each costs us the work of a hash.
TRIES_FROM_NETWORK = Budget("tries:network", burst=60, refill=1)
TRIES_OF_BROWSER = Budget("tries:browser", burst=30, refill=2)

# Mails that anybody may ask for. What a mail holds is good for an hour, and the next one comes within half an hour: so
# a person in whose name others ask has a good one in his mailbox at any time, and never more than 50 a day.
MAILS_OF_ACCOUNT = Budget("mail:account", burst=2, refill=1800)
MAILS_OF_BROWSER = Budget("mail:browser", burst=2, refill=600)
MAILS_FROM_NETWORK = Budget("mail:network", burst=20, refill=60)
MAILS_FROM_NEIGHBOURHOOD = Budget("mail:neighbourhood", burst=60, refill=20)

# Wrong tokens of programs. Right ones cost nothing, so nobody is kept out by a neighbour's.
TOKENS_FROM_NETWORK = Budget("token:network", burst=30, refill=2)
TOKENS_FROM_NEIGHBOURHOOD = Budget("token:neighbourhood", burst=120, refill=1)

# Invitations by a customer's manager, whatever comes of them: a try also tells whether an address has an account.
INVITATIONS_OF_PERSON = Budget("invitation:person", burst=20, refill=600)

# Rows of the audit trail: one tells of a limit, and all unknown addresses together get 30 in a minute.
ROWS_OF_A_LIMIT = Budget("row:limit", burst=1, refill=300)
ROWS_OF_STRANGERS = Budget("row:strangers", burst=20, refill=6)
ROWS_OF_A_GAP = Budget("row:gap", burst=1, refill=60)
