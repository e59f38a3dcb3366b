package lang

func classify(text string, s script, declared Tag) (Tag, float64) {
	for _, t := range []Tag{declared} {
		if t != "" {
			return t, 0.5
		}
	}
	switch s {
	case latn:
		return EN, 0.3
	case cyrl:
		return RU, 0.3
	}
	return FA, 0.3
}
