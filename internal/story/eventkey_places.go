package story

import (
	"slices"

	"jarchi.dev/jarchi/internal/lang"
	"jarchi.dev/jarchi/internal/names"
)

// What parts two releases of one kind that differ in nothing but where it was and who took part: the countries and cities of
// headline and first sentences. A city is compared by its country; of a city that is in no country's row nothing is concluded.

// acts are topics that say what was done, where a format or a disaster does not. That an agreement was signed is one act.
var acts = map[string]string{"sign": "sign", "agreement": "sign", "visit": "visit", "talks": "talks", "open": "open", "resign": "office"}

// placesOf reads where the event of a text is and who takes part in it, by headline and first sentences.
func (e *Event) placesOf(t lang.Tag, text string, tokens []lang.Token, mentions []names.Mention, head []lang.Span) {
	note := func(into *[]string, id string) {
		if id != "" && !slices.Contains(*into, id) && len(*into) < 8 {
			*into = append(*into, id)
		}
	}
	e.Home = slices.Clone(eventWords()[t]["home"])
	for _, s := range head {
		first, last := within(tokens, s)
		for _, m := range mentions {
			if m.From < first || m.To > last {
				continue
			}
			switch m.Name.Kind {
			case names.Country:
				note(&e.Countries, m.Name.ID)
			case names.Place:
				if sentFrom(text, tokens, m) {
					note(&e.Home, names.CountryOf(m.Name.ID))
				} else {
					note(&e.Sites, m.Name.ID)
				}
			case names.Region:
				note(&e.Regions, m.Name.ID)
			case names.Topic:
				note(&e.Acts, acts[m.Name.ID])
			}
		}
	}
	if len(e.Acts) == 0 && e.Struck == "" { // nothing is compared
		e.Countries, e.Sites, e.Home, e.Regions = nil, nil, nil, nil
	}
}

// lands are the countries of an event and those in which its cities lie; known is false if of one of these that is not told.
func (e Event) lands() (all []string, known bool) {
	all, known = slices.Clone(e.Countries), true
	for _, id := range e.Sites {
		if c := names.CountryOf(id); c != "" {
			all = append(all, c)
		} else {
			known = false
		}
	}
	return all, known
}

// elsewhere reports whether the events of two texts have no country in common, and both tell theirs alike: both by name, or both by
// their cities. Of what struck somewhere that is enough. What two sides do each tells by the other's name, "an agreement with
// Turkey": one name on either side and no city parts nothing, nor does what is the other's own country and may go without saying.
func (e Event) elsewhere(o Event) bool {
	if len(e.Regions) == 1 && len(o.Regions) == 1 && e.Regions[0] != o.Regions[0] { // each tells of one region alone
		return !overlap(e.Sites, o.Sites)
	}
	if len(e.Sites) == 1 && len(o.Sites) == 1 && e.Sites[0] != o.Sites[0] && (overlap(e.Acts, o.Acts) && slices.Contains(e.Acts, "open") || e.Struck == o.Struck && (e.Struck == "fire" || e.Struck == "crash")) {
		return true // what opens, burns or collides is in one city
	}
	a, known := e.lands()
	b, too := o.lands()
	cities := len(e.Sites) > 0 && len(o.Sites) > 0
	if !known || !too || overlap(a, b) || (len(e.Countries) == 0 || len(o.Countries) == 0) && !cities {
		return false
	}
	if e.Struck != "" && e.Struck == o.Struck {
		return true
	}
	if !cities && len(e.Countries) == 1 && len(o.Countries) == 1 {
		return false
	}
	return (len(e.Countries) > 1 || !overlap(b, e.Home)) && (len(o.Countries) > 1 || !overlap(a, o.Home))
}

// likened reports whether two texts tell of the same kind of event. What opens and has a class, as a forum, is told apart by where it is held.
func (e Event) likened(o Event) bool {
	return e.Struck != "" && e.Struck == o.Struck ||
		slices.ContainsFunc(e.Acts, func(act string) bool {
			return slices.Contains(o.Acts, act) && (act != "open" || e.Class == "" || o.Class == "")
		})
}

// othersTakePart: of two agreements, visits or talks of two countries each names a country that the other does not know.
func (e Event) othersTakePart(o Event) bool {
	if len(e.Countries) != 2 || len(o.Countries) != 2 || !overlap(e.Acts, o.Acts) {
		return false
	}
	knows := func(f Event, countries []string) bool {
		all, known := f.lands()
		return !known || !slices.ContainsFunc(countries, func(c string) bool { return !slices.Contains(all, c) })
	}
	return !knows(e, o.Countries) && !knows(o, e.Countries)
}
