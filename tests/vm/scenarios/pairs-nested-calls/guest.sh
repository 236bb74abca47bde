./writ-trigger acknowledge 4242
./writ-trigger probes count-down 3
