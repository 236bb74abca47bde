insmod ./loop.ko
rmmod loop
