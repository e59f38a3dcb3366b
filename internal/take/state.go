package take

import (
	"strconv"
	"strings"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/wire"
)

// phrase is what a state line is made of. Figures, times and reasons follow a phrase after a space or a
// colon, so that no ending has to fit them.
type phrase int

const (
	official phrase = iota
	original
	issued
	translated
	machine
	machineEdited
	version
	corrected
	updated
	behind
	embargo
	outside
	cut
)

// phrases in every language of the interface, in the order of the constants.
var phrases = map[lang.Tag][cut + 1]string{
	lang.EN: {"official", "original", "released by the issuer in this language", "translation, not the official text", "machine translation",
		"machine translation, edited by a person", "version", "corrected", "updated", "behind: another language has been updated since",
		"under embargo until", "third-party material, not released by a member of this exchange", "cut off"},
	lang.RU: {"официально", "оригинал", "выпущено самим источником на этом языке", "перевод, не официальный текст", "машинный перевод",
		"машинный перевод, отредактирован человеком", "версия", "исправлено", "обновлено", "отстаёт: текст на другом языке с тех пор обновлён",
		"эмбарго до", "сторонний материал, не выпущен участником этого обмена", "текст обрывается"},
	lang.KK: {"ресми", "түпнұсқа", "осы тілде шығарушының өзі таратқан", "аударма, ресми мәтін емес", "машиналық аударма",
		"машиналық аударма, адам өңдеген", "нұсқа", "түзетілді", "жаңартылды", "ескірген: содан бері басқа тілдегі мәтін жаңартылды",
		"эмбарго мерзімі", "басқа дереккөз материалы, осы алмасудың мүшесі шығармаған", "мәтін үзілген"},
	lang.UZ: {"rasmiy", "asl nusxa", "shu tilda chiqaruvchining oʻzi tarqatgan", "tarjima, rasmiy matn emas", "mashina tarjimasi",
		"mashina tarjimasi, inson tahrir qilgan", "nusxa", "tuzatildi", "yangilandi", "eskirgan: shundan beri boshqa tildagi matn yangilandi",
		"embargo muddati", "boshqa manba materiali, bu almashuv aʼzosi chiqarmagan", "matn uzilgan"},
	lang.TR: {"resmî", "özgün", "bu dilde yayımlayanın kendi metni", "çeviri, resmî metin değil", "makine çevirisi",
		"makine çevirisi, bir kişi düzenledi", "sürüm", "düzeltildi", "güncellendi", "güncel değil: o zamandan beri başka dildeki metin güncellendi",
		"ambargo bitişi", "başka kaynağın malzemesi, bu paylaşımın bir üyesi yayımlamadı", "metin yarım kalmış"},
	lang.AZ: {"rəsmi", "orijinal", "bu dildə yayanın öz mətni", "tərcümə, rəsmi mətn deyil", "maşın tərcüməsi",
		"maşın tərcüməsi, insan redaktə edib", "versiya", "düzəliş edilib", "yenilənib", "köhnəlib: o vaxtdan bəri başqa dildəki mətn yenilənib",
		"embarqonun sonu", "kənar mənbənin materialı, bu mübadilənin üzvü yaymayıb", "mətn yarımçıqdır"},
	lang.FA: {"رسمی", "متن اصلی", "متن خود منتشرکننده به این زبان", "ترجمه، نه متن رسمی", "ترجمهٔ ماشینی",
		"ترجمهٔ ماشینی، ویراستهٔ انسان", "نسخهٔ", "تصحیح شد", "روزآمد شد", "به‌روز نیست: متن زبان دیگر از آن پس روزآمد شده است",
		"پایان امبارگو", "مطلب منبعی دیگر، عضوی از این شبکه آن را منتشر نکرده است", "متن ناتمام است"},
	lang.UR: {"سرکاری", "اصل متن", "اس زبان میں جاری کنندہ کا اپنا متن", "ترجمہ، سرکاری متن نہیں", "مشینی ترجمہ",
		"مشینی ترجمہ، انسان نے درست کیا", "نسخہ", "تصحیح شدہ", "تازہ کیا گیا", "پرانا ہو چکا: اس کے بعد دوسری زبان کا متن تازہ ہوا ہے",
		"ایمبارگو کی میعاد", "دوسرے ذریعے کا مواد، اس تبادلے کے کسی رکن نے جاری نہیں کیا", "متن نامکمل ہے"},
}

// Speaks reports whether states can be said in a language.
func Speaks(t lang.Tag) bool { _, ok := phrases[t]; return ok }

// releaseState is the state of an item's newest version in words.
func releaseState(r *wire.Release, it *wire.Item, members map[wire.MemberID]wire.Member, in lang.Tag) string {
	p := phrases[in]
	v := it.Current()
	var words []string
	switch it.Translation {
	case wire.Original, wire.OfficialText:
		if members[r.Lead()].Kind.Official() {
			words = append(words, p[official])
		}
		if it.Translation == wire.Original {
			words = append(words, p[original])
		} else {
			words = append(words, p[issued])
		}
	case wire.Human:
		words = append(words, p[translated])
	case wire.MachineEdited:
		words = append(words, p[machineEdited])
	default:
		words = append(words, p[machine])
	}
	words = append(words, p[version]+" "+strconv.Itoa(v.N))
	switch v.Kind {
	case wire.CorrectKind:
		words = append(words, p[corrected]+" "+instant(v.At, in)+": "+v.Reason)
	case wire.UpdateKind:
		words = append(words, p[updated]+" "+instant(v.At, in))
	}
	if it.Stale {
		words = append(words, p[behind])
	}
	if r.State == wire.Embargoed {
		words = append(words, p[embargo]+" "+instant(r.EmbargoedUntil, in))
	}
	if v.Content.AI.Note != "" {
		words = append(words, v.Content.AI.Note)
	}
	return join(words, in)
}

func captureState(c *wire.Capture, in lang.Tag) string {
	p := phrases[in]
	words := []string{p[outside]}
	if c.MachineTranslated {
		words = append(words, p[machine])
	}
	if c.Truncated {
		words = append(words, p[cut])
	}
	return join(words, in)
}

func join(words []string, in lang.Tag) string {
	if in == lang.FA || in == lang.UR {
		return strings.Join(words, "؛ ")
	}
	return strings.Join(words, "; ")
}

// instant writes a time so that it reads in its order within a sentence of the language, without hidden
// marks: behind Arabic letters, figures joined by hyphens turn round, those joined by points do not.
func instant(t time.Time, in lang.Tag) string {
	if in == lang.FA || in == lang.UR {
		return t.UTC().Format("02.01.2006 15:04:05 UTC")
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}

// usable refuses what may not be handed over, saying why.
func usable(level access.Level, r *wire.Release) error {
	switch {
	case r.State == wire.Withdrawn || r.State == wire.Erased:
		return errWithdrawn
	case level != access.All:
		return errEmbargo
	case !r.State.Out():
		return errDraft
	}
	return nil
}
