package main

import (
	"jarchi.dev/jarchi/internal/embedding"
	"jarchi.dev/jarchi/internal/fault"
)

// EngineFlags name an engine that gives vectors of what texts mean. Without them none is asked.
type EngineFlags struct {
	EmbeddingsURL   string `name:"embeddings-url" placeholder:"URL" help:"An engine with the embeddings call of the OpenAI API, by the address before /embeddings: its vectors settle close cases of which texts report one event."`
	EmbeddingsModel string `name:"embeddings-model" placeholder:"NAME" help:"The engine's model."`
	EmbeddingsKey   string `name:"embeddings-key" placeholder:"KEY" help:"Its key. The environment variable JARCHI_EMBEDDINGS_KEY keeps it out of the list of processes."`
}

// engine is a client of the engine; nil where none is configured.
func (f EngineFlags) engine() (*embedding.Client, error) {
	if f.EmbeddingsURL == "" {
		if f.EmbeddingsModel != "" {
			return nil, fault.Field("--embeddings-url", "A model is named, but not the engine that has it.")
		}
		return nil, nil
	}
	return embedding.New(embedding.Config{URL: f.EmbeddingsURL, Model: f.EmbeddingsModel, Key: f.EmbeddingsKey})
}
