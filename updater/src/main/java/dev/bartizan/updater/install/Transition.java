// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.util.List;

/**
 * One arrow of the table.
 *
 * @param state where it leads
 * @param effects what is then to be done, in order, after the state is durable
 */
public record Transition(UpdateState state, List<Effect> effects) {
  static Transition to(UpdateState state, Effect... effects) {
    return new Transition(state, List.of(effects));
  }
}
