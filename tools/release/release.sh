#!/usr/bin/env bash
# Makes a release in a folder: an archive with the command, completions and licences for each system, a bill of materials, and checksums.
#
#   tools/release/release.sh VERSION [FOLDER] [SYSTEM/ARCHITECTURE ...]
#
# VERSION is such as v1.2.0. FOLDER is made anew, bin/release where it is left out. Archives of one commit and one Go release are the same bytes every time.
set -euo pipefail
version=${1:?"write the version, such as v1.2.0"}
cd "$(dirname "$0")/../.."
out=${2:-bin/release}
shift $(($# < 2 ? $# : 2))
systems=("$@")
[ ${#systems[@]} -gt 0 ] || systems=(linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64)

[[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || { echo "$version is not a version; write one such as v1.2.0" >&2; exit 2; }
rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The clock of what is packed is that of the commit, so that it can be built again.
commit=$(git rev-parse --short=12 HEAD)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
flags="-s -w -X main.release=$version -X main.commit=$commit"

go build -trimpath -ldflags "$flags" -o "$work/here" ./cmd/guardrails
mkdir -p "$work/completions"
"$work/here" completion bash > "$work/completions/guardrails.bash"
"$work/here" completion zsh > "$work/completions/_guardrails"
"$work/here" completion fish > "$work/completions/guardrails.fish"
"$work/here" completion powershell > "$work/completions/guardrails.ps1"

for target in "${systems[@]}"; do
  system=${target%/*} architecture=${target#*/}
  name=guardrails_${version}_${system}_${architecture}
  program=guardrails
  [ "$system" = windows ] && program=guardrails.exe
  folder=$work/$name
  mkdir -p "$folder"
  CGO_ENABLED=0 GOOS=$system GOARCH=$architecture go build -trimpath -ldflags "$flags" -o "$folder/$program" ./cmd/guardrails
  cp -r LICENSE NOTICE README.md "$work/completions" "$folder/"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' --mtime="@$SOURCE_DATE_EPOCH" -C "$folder" -cf - . |
    gzip -n -9 > "$out/$name.tar.gz"
  echo "$name.tar.gz"
done

# What is in the command: every module, from what go.mod and the packages of the command say.
(cd tools/release && go build -o "$work/cyclonedx-gomod" github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod)
"$work/cyclonedx-gomod" app -json -std -noserial -main cmd/guardrails -output "$out/guardrails_${version}_sbom.cdx.json" . 2> "$work/log" ||
  { cat "$work/log" >&2; exit 1; }
echo "guardrails_${version}_sbom.cdx.json"

(cd "$out" && sha256sum -- * > "$work/sums" && mv "$work/sums" "guardrails_${version}_checksums.txt")
echo "guardrails_${version}_checksums.txt"
