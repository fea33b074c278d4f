"""`python -m appliance.cli` is `kluis`."""

from appliance.cli import main

main()
