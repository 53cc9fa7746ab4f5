"""Vouchers: allowances of everything limited, codes and their campaigns, gift cards and store credit."""
