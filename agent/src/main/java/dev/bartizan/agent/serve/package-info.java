// SPDX-License-Identifier: Apache-2.0
/**
 * Which model answers now: sessions that were tried against golden vectors ({@code
 * updater.golden}), swapped without losing a request.
 *
 * <p>Guarantees: a model serves only after its golden vectors passed on this very session ({@link
 * dev.bartizan.agent.serve.ModelService#activate} takes nothing but a {@link
 * dev.bartizan.updater.golden.ProvenModel}); a request that found a model is answered by that
 * model, even if it is replaced meanwhile; no weights and no inputs are written or logged. Not
 * guaranteed: that the runtime keeps its own copy of the weights out of reach of root.
 *
 * <p>How requests arrive is the business of {@code serve.http}; how they look, of {@code
 * serve.oip}.
 */
@NullMarked
package dev.bartizan.agent.serve;

import org.jspecify.annotations.NullMarked;
