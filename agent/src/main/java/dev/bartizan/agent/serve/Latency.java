// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

import java.time.Duration;

/** How long inferences took; each quantile is rounded up by at most a sixteenth. */
public record Latency(Duration median, Duration p90, Duration p99, Duration longest) {}
