#!/usr/bin/env bash
# build-wasm-std.sh SYSROOT TARGET: builds the standard library for TARGET from Debian's package rust-src of the same
# compiler version, for machines that reach a Debian mirror but not rustup's server. Called by setup-wasm.sh.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"
cd "$PARLANCE_ROOT"

readonly sysroot=$1 target=$2
readonly libdir=$sysroot/lib/rustlib/$target/lib srcdir=$sysroot/lib/rustlib/src/rust
version=$(rustc --version | awk '{print $2}')
for tool in apt-get apt-cache dpkg; do have "$tool" || fail "'$tool' is needed for this way" "add the target with rustup instead"; done

# Whoever owns the compiler may change it.
if [[ ! -w $sysroot/lib/rustlib ]]; then as_root true || fail "$sysroot belongs to someone else" "repeat as root"; fi
as_owner() { if [[ -w $sysroot/lib/rustlib ]]; then "$@"; else as_root "$@"; fi; }

work=$(mktemp -d "${TMPDIR:-/tmp}/parlance-std.XXXXXX")
source_is_ours=
clean_up() {
  rm -rf "$work"
  if [[ -n $source_is_ours ]]; then as_owner rm -rf "$srcdir" && as_owner rmdir --ignore-fail-on-non-empty "${srcdir%/*}"; fi
}
trap clean_up EXIT

# The machine's own mirror, with package lists of our own: its apt set-up stays as it is.
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 'Created-By: Packages' | awk '$2 == "Debian" { print $1; exit }')
[[ -n $mirror ]] || fail "apt knows no Debian mirror (perhaps 'apt-get update' never ran)" "run apt-get update as root, then repeat"
signed=
if [[ -r /usr/share/keyrings/debian-archive-keyring.gpg ]]; then signed='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'; fi
mkdir -p "$work"/{lists/partial,cache/archives/partial,source}
touch "$work/status"
apt_options=(-qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::Lists=$work/lists"
  -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)

package=
for suite in trixie-backports trixie sid; do
  echo "deb $signed $mirror $suite main" >"$work/sources.list"
  apt-get "${apt_options[@]}" update </dev/null >&2 || continue
  package=$(apt-cache "${apt_options[@]}" madison rust-src | awk -v v="$version" '$3 == v || index($3, v "+") == 1 || index($3, v "-") == 1 { print $3; exit }')
  if [[ -n $package ]]; then break; fi
done
[[ -n $package ]] || fail "Debian has no rust-src $version" "add the target with rustup instead"

say "Fetching rust-src $package"
(cd "$work" && apt-get "${apt_options[@]}" download "rust-src=$package" </dev/null >&2 && dpkg -x rust-src_*.deb source)
library=$(find "$work/source/usr/src" -mindepth 2 -maxdepth 2 -path '*/rustc-*/library')
[[ -n $library ]] || fail "rust-src $package holds no library folder" "add the target with rustup instead"

# build-std looks for the source in the compiler's own folder; it goes again unless it was there before.
if [[ ! -e $srcdir/library ]]; then
  source_is_ours=1
  as_owner mkdir -p "$srcdir"
  as_owner cp -r "$library" "$srcdir/library"
  if [[ -e $library/../Cargo.lock ]]; then as_owner cp "$library/../Cargo.lock" "$srcdir/Cargo.lock"; fi
fi

say "Building the standard library for $target"
mkdir -p "$work/empty/src"
printf '[package]\nname = "empty_for_std"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n' >"$work/empty/Cargo.toml"
touch "$work/empty/src/lib.rs"
if have rustup; then RUSTUP_TOOLCHAIN=$(rustup show active-toolchain | cut -d' ' -f1) && export RUSTUP_TOOLCHAIN; fi
(
  cd "$work/empty"
  unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
  RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$work/target \
    cargo build --release --target "$target" -Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test </dev/null >&2
)

# Exactly one set may be there, or the compiler finds several candidates for each crate.
rm -f "$work/target/$target/release/deps/"libempty_for_std-*
as_owner rm -rf "$libdir"
as_owner mkdir -p "$libdir"
as_owner cp "$work/target/$target/release/deps/"lib*.rlib "$libdir/"
say "Installed in $libdir"
