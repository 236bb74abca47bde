top=$PWD
mkdir -p /tmp/typed
echo x > /tmp/typed/file.new
mv /tmp/typed/file.new /tmp/typed/file
cp "$top/writ-trigger" /tmp/fifteen-letters
for text in written writte written! 'written\0tten' WriTTEN!tten; do
  /tmp/fifteen-letters write-once /tmp/buffered "$text"
done
"$top/writ-trigger" write-many /tmp/buffered 5000 u
"$top/writ-trigger" write-many /tmp/buffered 4095 u
cat /tmp/typed/file > /dev/null
ls /tmp/typed > /dev/null
