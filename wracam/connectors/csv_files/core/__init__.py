"""Pure decisions about files of orders: what the text says, which column means what, which orders the rows tell."""
