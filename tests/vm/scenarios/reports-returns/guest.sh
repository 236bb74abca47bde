mkdir -p /tmp/returns && echo here >/tmp/returns/present
/bin/cat /tmp/returns/present
/bin/cat /tmp/returns/absent 2>/dev/null
echo "absent $?"
