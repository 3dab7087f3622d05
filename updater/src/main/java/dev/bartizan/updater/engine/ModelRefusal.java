// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** These weights do not become a model that can serve. */
public final class ModelRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  public ModelRefusal(String message) {
    this(message, null);
  }

  public ModelRefusal(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public String code() {
    return "MODEL_UNLOADABLE";
  }
}
