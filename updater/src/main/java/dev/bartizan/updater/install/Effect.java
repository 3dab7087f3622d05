// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/** Something to do in the world once a transition is durable. Each may be done twice. */
public enum Effect {
  PLAN,
  FETCH,
  PREFLIGHT,
  ACTIVATE,
  OBSERVE,
  RESTORE,
  /** Delete objects that no kept release needs. */
  COLLECT
}
