// SPDX-License-Identifier: Apache-2.0
/**
 * Which versions are to run here, and who says so: releases are looked for, ordered, carried out
 * step by step and, where they do not hold, taken back.
 *
 * <p>{@link dev.bartizan.agent.deploy.Deploy} wires it; how a component gets from one version to
 * another is {@link dev.bartizan.agent.update}.
 *
 * <p>Guarantees: nothing is ordered, and nothing that was begun is gone on with, on a state that
 * was put back or under a policy that is not here; the loop's thread never waits for a server.
 */
@NullMarked
package dev.bartizan.agent.deploy;

import org.jspecify.annotations.NullMarked;
