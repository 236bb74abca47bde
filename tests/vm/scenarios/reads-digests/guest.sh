printf '#!/bin/sh\nexit 3\n' >/tmp/script
printf '#!/bin/sh\nexit 4\n' >/tmp/forbidden
cp ./writ-trigger /tmp/program
chmod 755 /tmp/script /tmp/forbidden /tmp/program
/tmp/script
echo "script $?"
/tmp/program probes step 1
/tmp/forbidden 2>/dev/null
echo "forbidden $?"
