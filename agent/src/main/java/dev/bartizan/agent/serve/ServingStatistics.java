// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

/**
 * What one version of a model did since it took over: what a probation is judged by.
 *
 * @param answered inferences that gave an answer
 * @param failed inferences the model failed on although their inputs were as it declares
 * @param refused requests that were the client's mistake: no fault of the model, so no ground for a
 *     rollback, or any client could cause one
 */
public record ServingStatistics(
    String model, String version, long answered, long failed, long refused, Latency latency) {}
