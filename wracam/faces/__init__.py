"""The four shells without any business: api, console, portal and widgets."""
