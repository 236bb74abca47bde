# Sourced by the scripts that fetch kernels: a folder's files of one kernel, out of its packages.

# A file of the packages, whichever of the two places it is in.
extract() { # WHAT INTO DEB...
  local what=$1 into=$2 deb
  shift 2
  for deb in "$@"; do
    dpkg-deb --fsys-tarfile "$deb" | tar xO --wildcards \
      "./boot/$what-*" "./usr/lib/modules/*/$what" >"$into.part" 2>/dev/null || true
    [ ! -s "$into.part" ] || mv "$into.part" "$into"
  done
  rm -f "$into.part"
  [ -s "$into" ] || { echo "vm: no $what in $*" >&2; exit 3; }
}

# The ELF image inside a bzImage. QEMU boots it by PVH, which saves the guest from unpacking it.
unpack() { # VMLINUZ VMLINUX
  local setup offset length magic
  number() { od -An -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }
  setup=$(number "$1" $((0x1f1)) 1)
  offset=$(((setup + 1) * 512 + $(number "$1" $((0x248)) 4)))
  length=$(($(number "$1" $((0x24c)) 4) - 4))
  # head ends early, and that is fine.
  payload() { (tail -c +$((offset + 1)) "$1" | head -c "$length") 2>/dev/null || true; }
  magic=$(payload "$1" | head -c 4 | od -An -tx1 | tr -d ' \n' || true)
  case $magic in
    02214c18) payload "$1" | lz4 -dcq >"$2" ;;
    28b52ffd) payload "$1" | zstd -dcq >"$2" ;;
    fd377a58) payload "$1" | xz -dc >"$2" ;;
    1f8b*) payload "$1" | gzip -dc >"$2" ;;
    *) echo "vm: unknown compression of $1" >&2; exit 3 ;;
  esac
}

# vmlinuz, config, vmlinux and btf out of the packages.
unpack_kernel() { # INTO DEB...
  local into=$1
  shift
  extract vmlinuz "$into/vmlinuz" "$@"
  extract config "$into/config" "$@"
  unpack "$into/vmlinuz" "$into/vmlinux"
  objcopy -O binary --only-section=.BTF "$into/vmlinux" "$into/btf"
}

# Written last: its presence says that all the rest is whole.
done_with() { # INTO RELEASE
  echo "$2" >"$1/release"
  echo "vm: ${1##*/} is $2" >&2
}

for tool in qemu-system-x86_64 cpio lz4 zstd xz objcopy dpkg-deb apt-get busybox; do
  command -v "$tool" >/dev/null || { echo "vm: \`$tool\` is not installed" >&2; exit 3; }
done
