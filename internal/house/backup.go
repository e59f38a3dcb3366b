package house

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// Backup is the last back-up of a data folder, as the command that made it noted it in the folder. It is a note for the eye: where the copy is
// now, and whether it is whole, only 'jarchi backup verify' tells.
type Backup struct {
	Made   time.Time `json:"madeAt"`
	Bytes  int64     `json:"bytes"`
	Schema int64     `json:"schema"`
}

// backupNote is a file of the data folder, no part of a back-up.
const backupNote = "last-backup.json"

// NoteBackup notes a back-up that has just been made of a folder. It is written whole or not at all.
func NoteBackup(dir string, b Backup) error {
	line, err := json.Marshal(b)
	if err != nil {
		return err
	}
	name := filepath.Join(dir, backupNote)
	if err := os.WriteFile(name+".new", append(line, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// LastBackup reads the note; ok is false where there is none that can be read.
func LastBackup(dir string) (b Backup, ok bool) {
	line, err := os.ReadFile(filepath.Join(dir, backupNote))
	return b, err == nil && json.Unmarshal(line, &b) == nil && !b.Made.IsZero()
}
