package store_test

import (
	"testing"
	"time"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/fault"
	"jarchi.dev/jarchi/internal/people"
)

func TestTokenUse(t *testing.T) { onBoth(t, testTokenUse) }

// testTokenUse: counts add up by day; a limit is kept; of three secrets the last two work, the older of them until its time; a revoked token has none.
func testTokenUse(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	if err := s.AddMember(ctx, member("alfa")); err != nil {
		t.Fatal(err)
	}
	first, err := s.CreateToken(ctx, "alfa", []access.Scope{access.Read}, "test")
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Token(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	for i, at := range []time.Time{day, day.Add(time.Minute), day.Add(2 * time.Hour)} {
		if err := s.AddTokenUse(ctx, at, []people.TokenUse{{Token: k.ID, Calls: 2, Refused: 1, Received: 10, Sent: 100, Last: at}, {Token: "nobody", Calls: 1, Last: at}}); err != nil {
			t.Fatal(i, err)
		}
	}
	got, err := s.TokenUses(ctx, "", day)
	if err != nil || len(got) != 2 || got[1].Calls != 4 || got[1].Refused != 2 || got[1].Received != 20 || got[1].Sent != 200 || !got[1].Last.Equal(day.Add(time.Minute)) || !got[0].Day.Equal(day.Add(time.Hour)) {
		t.Errorf("%+v %v", got, err)
	}
	if got, err = s.TokenUses(ctx, k.ID, day.Add(time.Hour)); err != nil || len(got) != 1 || got[0].Calls != 2 {
		t.Errorf("since the second day: %+v %v", got, err)
	}
	p := people.New(s, people.Options{})
	if err := p.LimitToken(ctx, people.Operator, "alfa", k.ID, people.TokenLimit{PerMinute: 60, Burst: 5}); err != nil {
		t.Fatal(err)
	}
	second, _, err := p.RotateToken(ctx, people.Operator, "alfa", k.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{first, second} {
		if k2, err := s.Token(ctx, secret); err != nil || k2.ID != k.ID || k2.Limit != (people.TokenLimit{PerMinute: 60, Burst: 5}) || k2.OldUntil.IsZero() {
			t.Errorf("%+v %v", k2, err)
		}
	}
	third, _, err := p.RotateToken(ctx, people.Operator, "alfa", k.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	for secret, works := range map[string]bool{first: false, second: false, third: true} {
		if _, err := s.Token(ctx, secret); (err == nil) != works {
			t.Errorf("works %v: %v", works, err)
		}
	}
	if _, _, err := p.RotateToken(ctx, people.Operator, "alfa", k.ID, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := p.RevokeToken(ctx, people.Operator, "alfa", k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(ctx, third); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a revoked token's old secret: %v", err)
	}
	if es, err := p.Audit(ctx, people.Operator, people.AuditFilter{Member: "alfa", Action: people.TokenRotated}); err != nil || len(es) != 3 {
		t.Errorf("%d lines, %v", len(es), err)
	}
}
