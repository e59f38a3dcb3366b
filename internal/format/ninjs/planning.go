package ninjs

// EventDetails describes the event an item of type "event" is.
type EventDetails struct {
	EventStatus           string        `json:"eventStatus,omitempty"`
	PlannedCoverageStatus string        `json:"plannedCoverageStatus,omitempty"`
	Dates                 *Dates        `json:"dates,omitempty"`
	Organiser             *Organisation `json:"organiser,omitempty"`
}

// Dates are the dates of an event or of a planned coverage. StartDate and EndDate are RFC 3339; the
// expected ones may be truncated to year, month or day. ExpectedDuration is a duration of RFC 5545.
type Dates struct {
	StartDate         string      `json:"startDate,omitempty"`
	EndDate           string      `json:"endDate,omitempty"`
	ExpectedStartDate string      `json:"expectedStartDate,omitempty"`
	ExpectedEndDate   string      `json:"expectedEndDate,omitempty"`
	ExpectedDuration  string      `json:"expectedDuration,omitempty"`
	Recurrence        *Recurrence `json:"recurrence,omitempty"`
}

// Recurrence says how an event recurs.
type Recurrence struct {
	RecurrenceRules []RecurrenceRule `json:"recurrenceRules,omitempty"`
}

// RecurrenceRule is one rule in the terms of RFC 5545.
type RecurrenceRule struct {
	Frequency string `json:"frequency,omitempty"`
	Interval  int    `json:"interval,omitempty"`
	Until     string `json:"until,omitempty"`
	Count     int    `json:"count,omitempty"`
}

// PlannedCoverage is one piece of content that is planned for an event.
type PlannedCoverage struct {
	URI          string        `json:"uri,omitempty"`
	Title        string        `json:"title,omitempty"`
	PubStatus    string        `json:"pubStatus,omitempty"`
	Type         string        `json:"type,omitempty"`
	Commissioned *Commissioned `json:"commissioned,omitempty"`
	Dates        *Dates        `json:"dates,omitempty"`
	Audiences    []Audience    `json:"audiences,omitempty"`
	ExclAudience []string      `json:"exclAudience,omitempty"`
	EdNote       string        `json:"edNote,omitempty"`
	Urgency      int           `json:"urgency,omitempty"`
	Language     string        `json:"language,omitempty"`
	ItemCount    *ItemCount    `json:"itemCount,omitempty"`
	WordCount    int           `json:"wordCount,omitempty"`
	Renditions   []Rendition   `json:"renditions,omitempty"`
}

// Commissioned says who ordered a planned coverage, and when.
type Commissioned struct {
	By         string      `json:"by,omitempty"`
	On         string      `json:"on,omitempty"`
	References []Reference `json:"references,omitempty"`
}

// Reference is a named identifier of the commissioning, such as a work order number.
type Reference struct {
	Name  string `json:"name,omitempty"`
	Value string `json:"value,omitempty"`
}

// Audience is an intended audience of a planned coverage.
type Audience struct {
	Audience     string `json:"audience,omitempty"`
	Significance int    `json:"significance,omitempty"`
}

// ItemCount is the number of planned items of one kind, as a range.
type ItemCount struct {
	RangeFrom int `json:"rangeFrom"`
	RangeTo   int `json:"rangeTo"`
}
