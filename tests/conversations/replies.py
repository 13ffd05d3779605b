"""A reply as models write them: prose, emphasis, lists, a table, code. 2,300 characters."""

from __future__ import annotations

import re

REPLY = """\
Good question, and a common one. A **subnet mask** does only one thing: it says *how \
many bits* of an address name the network. Everything behind them names the host, and \
that is the whole trick. The rest is counting, and counting we can do together.

## From the prefix to the hosts

Take the address `192.168.10.0/26`. The number behind the slash is the prefix: 26 of \
the 32 bits are fixed for everybody in this network, so 6 bits are left for hosts. \
Six bits give 2 to the power 6, that is **64 addresses**. Two of them are spoken for:

- the *first* one, `.0`, is the name of the network itself,
- the *last* one, `.63`, is the broadcast address,
- and what is left, `.1` to `.62`, can be given to machines.

So a `/26` has room for 62 hosts. Write the steps down once and you will not need to \
learn them by heart:

1. Subtract the prefix from 32 to get the host bits.
2. Raise 2 to that number to get the addresses.
3. Take two away to get the hosts.

## Side by side

| Prefix | Host bits | Addresses | Hosts |
| ------ | --------: | --------: | ----: |
| /24    |         8 |       256 |   254 |
| /25    |         7 |       128 |   126 |
| /26    |         6 |        64 |    62 |
| /30    |         2 |         4 |     2 |

You can see the pattern: each bit that you give to the network *halves* what is left. \
That is why a `/30` is so popular for a cable between two routers; nobody else fits in.

## Let the machine check

If you have Python at hand, it does the same arithmetic and never miscounts:

```python
import ipaddress

network = ipaddress.ip_network("192.168.10.0/26")
hosts = list(network.hosts())
print(network.num_addresses, len(hosts))
print(hosts[0], "to", hosts[-1])
```

It prints `64 62` and then the first and the last host. Try it with `/30` and look at \
what happens to the list; it gets *very* short.

> A mask is not a property of an address. It is an agreement between the machines that \
> share a cable, and they all have to agree.

If all this feels like a lot, keep only one picture: a street with 64 doors, where the \
first carries the name of the street and the last is the loudspeaker. Nobody lives in \
*those two*.

Now you. **How many hosts fit into a `/28`, and which address is its broadcast if it \
starts at `.16`?** Say how you got there, then I can see where to help.
"""

TOKENS = re.findall(r"\w{1,6}|\s*[^\w\s]+|\s+\w{1,6}|\s+", REPLY)
"""The reply in pieces of the size that models send: some four characters each."""
assert "".join(TOKENS) == REPLY
