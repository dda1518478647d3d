# A pseudo-terminal for a test: says the name of its far end, then passes bytes on between it and stdin and stdout.
import os, pty, select, sys, tty

master, slave = pty.openpty()
tty.setraw(slave)
print(os.ttyname(slave), flush=True)
# while nobody has the far end open, ours must
while True:
    ready, _, _ = select.select([master, 0], [], [])
    if 0 in ready:
        data = os.read(0, 4096)
        if not data:
            break
        os.write(master, data)
    if master in ready:
        os.write(1, os.read(master, 4096))
