// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cli;

import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The version of all that is here, for {@code --version} and among the software releases. */
public final class ProductVersion implements IVersionProvider {
  public static final String TEXT = "0.1.0";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it asks
  private CommandSpec spec;

  @Override
  public String[] getVersion() {
    return new String[] {spec.root().name() + " " + TEXT};
  }
}
