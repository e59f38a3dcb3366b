package receive

import (
	"time"

	"jarchi.dev/jarchi/internal/intake"
)

// SetRead lets a test put another reader of documents in.
func (s *Service) SetRead(f func(intake.Document, time.Time) ([]intake.Article, error)) { s.read = f }
