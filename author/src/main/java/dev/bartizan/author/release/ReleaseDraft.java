// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseName;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the author wants released.
 *
 * @param name which model, which version
 * @param model the plain ONNX file
 * @param golden how devices try it before they serve it
 * @param deltaFrom older versions from which devices shall come by a difference
 * @param epoch none for that of the model's other releases
 * @param guards what it must keep to in probation
 * @param keys when devices get its content key
 */
public record ReleaseDraft(
    ReleaseName name,
    Path model,
    Optional<Golden> golden,
    Set<String> deltaFrom,
    OptionalLong epoch,
    ProbationLimits guards,
    KeyDelivery keys) {

  /**
   * Golden vectors.
   *
   * @param directory holds {@code test_data_set_N/input_M.pb} and {@code output_M.pb}
   * @param relativeTolerance largest difference as a fraction of the expected value, 0 to 1
   * @param absoluteTolerance largest difference on top of that, 0 to 1
   */
  public record Golden(Path directory, double relativeTolerance, double absoluteTolerance) {
    public Golden {
      requireFraction(relativeTolerance);
      requireFraction(absoluteTolerance);
    }

    private static void requireFraction(double tolerance) {
      if (!(tolerance >= 0 && tolerance <= 1)) {
        throw new IllegalArgumentException("a tolerance is between 0 and 1, not " + tolerance);
      }
    }
  }

  public ReleaseDraft {
    deltaFrom = Set.copyOf(new LinkedHashSet<>(deltaFrom));
    if (deltaFrom.contains(name.version())) {
      throw new IllegalArgumentException("a difference from " + name.version() + " to itself");
    }
  }
}
