./writ-trigger dup32
