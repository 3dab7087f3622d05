package dev.bartizan.updater.golden;

import dev.bartizan.updater.engine.Model;

/**
 * A model that passed its golden vectors on this session, and is warm from it. Only {@link
 * GoldenVectors#prove} makes one.
 */
public final class ProvenModel {
  private final Model model;
  private final int sets;

  ProvenModel(Model model, int sets) {
    this.model = model;
    this.sets = sets;
  }

  public Model model() {
    return model;
  }

  /** How many sets it passed: 0 when the release has none, which a report should say. */
  public int sets() {
    return sets;
  }
}
