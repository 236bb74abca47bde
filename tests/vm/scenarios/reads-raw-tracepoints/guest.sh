sleep 5 &
kill -CONT $!
kill -USR1 $!
wait $! 2>/dev/null
echo "slept $?"
