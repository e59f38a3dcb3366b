// Package store keeps everything in one SQL database, a file per noun, by hand-written SQL over
// database/sql. Types and placeholders mean the same on SQLite and PostgreSQL.
//
// There is one writer. Whatever changes the database is handed to it as a function (Write), waits its
// turn and is committed together with whatever else waits; a group only writes, what it writes was
// prepared before. If a group fails, its members are run again one by one, so that one caller's fault is
// never another's. When Write returns nil the change is on disk, and if it added leaves to a log, the
// signed checkpoint is too and the guard file knows it: only then may the checkpoint leave the process.
//
// What holds after a crash: a group is there whole or not at all. Between the database's commit and
// the guard file's fsync the guard may be behind, which is harmless: the next start brings it up. It
// can be ahead only if the database was rolled back by hand or restored from an old copy, and then
// nothing more is signed until the operator has looked.
package store
