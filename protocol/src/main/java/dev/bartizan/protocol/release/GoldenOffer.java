// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

/**
 * Inputs with the outputs they must give on the device's own runtime, as an encrypted tar file of
 * {@code test_data_set_N/input_M.pb} and {@code output_M.pb} (the ONNX test data convention).
 *
 * @param file the encrypted tar file
 * @param relativeTolerance largest difference as a fraction of the expected value
 * @param absoluteTolerance largest difference on top of that
 */
public record GoldenOffer(EncryptedFile file, double relativeTolerance, double absoluteTolerance) {}
