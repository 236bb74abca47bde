mkdir -p /tmp/returns && echo here >/tmp/returns/present
cat /tmp/returns/present
cat /tmp/returns/absent 2>/dev/null
echo "absent $?"
