package browse

// SetPageBytes lets a test end pages early with little text.
func (s *Service) SetPageBytes(n int) { s.pageBytes = n }
