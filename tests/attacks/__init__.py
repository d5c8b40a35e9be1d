"""What an attacker would try, each named after the attack: live where it can be, and in full by script/soak."""
