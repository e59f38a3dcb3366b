package app

import (
	"context"
	"slices"
	"strings"

	"jarchi.dev/jarchi/internal/app/sample"
	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/people"
	"jarchi.dev/jarchi/internal/wire"
)

// DemoLink signs a visitor in as the editor of a member, by one click and as often as she likes.
type DemoLink struct {
	Member    wire.Member
	Languages []lang.Tag
	Secret    string // it stands behind /in#
}

// The desks of the demo's members; the first asks for nobody's approval.
var (
	newsDesk = map[lang.Tag]string{lang.EN: "News desk", lang.RU: "Редакция новостей", lang.KK: "Жаңалықтар редакциясы", lang.UZ: "Yangiliklar tahririyati",
		lang.TR: "Haber masası", lang.AZ: "Xəbərlər redaksiyası", lang.FA: "میز خبر", lang.UR: "نیوز ڈیسک"}
	nightDesk = map[lang.Tag]string{lang.EN: "Night desk", lang.RU: "Ночная смена", lang.KK: "Түнгі кезекшілік", lang.UZ: "Tungi navbatchilik",
		lang.TR: "Gece masası", lang.AZ: "Gecə növbəsi", lang.FA: "میز شب", lang.UR: "نائٹ ڈیسک"}
	statementDesk = map[lang.Tag]string{lang.EN: "Official statements", lang.RU: "Официальные заявления", lang.KK: "Ресми мәлімдемелер", lang.UZ: "Rasmiy bayonotlar",
		lang.TR: "Resmî açıklamalar", lang.AZ: "Rəsmi bəyanatlar", lang.FA: "بیانیه‌های رسمی", lang.UR: "سرکاری بیانات"}
)

// The people of the demo's members: an editor and a reporter each, all invented.
var casting = map[wire.MemberID]struct {
	editor, reporter string
	second           map[lang.Tag]string // the other desk, if there is one
	approvals        int                 // there
}{
	"toqsanbulaq": {"Айжан Серікбай", "Ерлан Досжан", statementDesk, 1},
	"kumushdaryo": {"Dilnoza Rahim", "Jasur Norqobil", nightDesk, 0},
	"sabzwadi":    {"سعدیہ مرزا", "عمران شاہد", nightDesk, 0},
	"nildasht":    {"مریم نیک‌سرشت", "آرش دلاور", nil, 0},
	"altinsu":     {"Elif Gündoğan", "Kerem Yaylacı", nil, 0},
	"cinarcay":    {"Günel Çinarlı", "Orxan Dağlı", nil, 0},
	"silk-rivers": {"Anna Orman", "Тимур Береке", statementDesk, 2},
}

// cast makes desks and people of the sample's members, where they are not made yet, and a link for the
// editor of each.
func (d *Demo) cast(ctx context.Context) (links []DemoLink, err error) {
	for _, m := range sample.Members() {
		as, ok := casting[m.ID]
		if !ok {
			continue
		}
		us, err := d.People.Users(ctx, people.Operator, m.ID)
		if err != nil {
			return nil, err
		}
		login := "editor." + string(m.ID)
		i := slices.IndexFunc(us, func(u people.User) bool { return strings.EqualFold(u.Login, login) })
		var editor people.User
		if i >= 0 {
			editor = us[i]
		} else {
			desks := []people.Desk{{Member: m.ID, Names: newsDesk, Phone: "+00 000 0001"}}
			if as.second != nil {
				desks = append(desks, people.Desk{Member: m.ID, Names: as.second, Approvals: as.approvals, Phone: "+00 000 0002"})
			}
			editor = people.User{Member: m.ID, Login: login, Name: as.editor}
			reporter := people.User{Member: m.ID, Login: "reporter." + string(m.ID), Name: as.reporter}
			for _, k := range desks {
				if k, err = d.People.MakeDesk(ctx, k); err != nil {
					return nil, err
				}
				for _, r := range []people.Role{people.Editor, people.Translator, people.Verifier, people.Administrator} {
					editor.Grants = append(editor.Grants, people.Grant{Desk: k.ID, Role: r})
				}
				for _, r := range []people.Role{people.Reporter, people.Translator} {
					reporter.Grants = append(reporter.Grants, people.Grant{Desk: k.ID, Role: r})
				}
			}
			if editor, err = d.People.MakeUser(ctx, editor); err != nil {
				return nil, err
			}
			if reporter, err = d.People.MakeUser(ctx, reporter); err != nil {
				return nil, err
			}
			if err := d.write(ctx, reporter, desks[len(desks)-1].Approvals > 0); err != nil {
				return nil, err
			}
		}
		secret, err := d.People.DemoLink(ctx, editor.ID)
		if err != nil {
			return nil, err
		}
		links = append(links, DemoLink{Member: m, Languages: sample.Languages(m.ID), Secret: secret})
	}
	return links, nil
}

// write lets a reporter have a text on her last desk: waiting for approval, or still being written.
func (d *Demo) write(ctx context.Context, reporter people.User, ask bool) error {
	parts := sample.Draft(reporter.Member)
	if len(parts) == 0 {
		return nil
	}
	session, err := d.People.OpenSession(ctx, reporter.ID, "")
	if err != nil {
		return err
	}
	p, err := d.People.Person(ctx, session)
	if err != nil {
		return err
	}
	tags := make([]lang.Tag, len(parts))
	for i, x := range parts {
		tags[i] = x.Language
	}
	k, err := d.Desk.Begin(ctx, p, reporter.Grants[len(reporter.Grants)-1].Desk, tags)
	if err != nil {
		return err
	}
	for _, x := range parts {
		part := *k.Part(x.Language)
		part.Headline, part.Body = x.Headline, x.Body
		if x.Translation != "" {
			part.Translation = x.Translation
		}
		if k, _, err = d.Desk.SavePart(ctx, p, k.ID, part); err != nil {
			return err
		}
	}
	if ask {
		if _, err = d.Desk.Ask(ctx, p, k.ID, k.Revision); err != nil {
			return err
		}
	}
	return d.People.SignOut(ctx, session)
}
