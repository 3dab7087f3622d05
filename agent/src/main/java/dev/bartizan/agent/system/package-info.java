/** The host the agent runs on: systemd. Thin adapters without decisions. */
@NullMarked
package dev.bartizan.agent.system;

import org.jspecify.annotations.NullMarked;
