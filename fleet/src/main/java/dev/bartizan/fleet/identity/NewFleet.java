// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.identity;

import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/** Founds a fleet: everything its identities need, in an operator's directory. */
public final class NewFleet {
  /** Common name of the operator's certificate, and so its name at the broker. */
  public static final String OPERATOR = "operator";

  private NewFleet() {}

  /**
   * Makes and stores settings, authority, the credentials of enrolment server, broker and operator,
   * and the command and verifier keys. The chip makers' roots are for the operator to put into
   * {@code ek-roots/}.
   *
   * @param hosts DNS names and IP addresses of the enrolment server and the broker
   */
  public static CertificateAuthority found(
      SharedDirectory directory,
      FleetSettings settings,
      List<String> hosts,
      Clock clock,
      SecureRandom random)
      throws IOException {
    settings.store(directory);
    CertificateAuthority authority =
        CertificateAuthority.create(directory, settings.trustDomain(), clock, random);
    authority
        .issueServer(hosts, CertificateAuthority.OPERATOR_LIFETIME)
        .store(directory, Credentials.SERVER);
    authority
        .issueServer(hosts, CertificateAuthority.OPERATOR_LIFETIME)
        .store(directory, Credentials.BROKER);
    authority
        .issueOperator(OPERATOR, CertificateAuthority.OPERATOR_LIFETIME)
        .store(directory, Credentials.OPERATOR);
    RevocationList.begin(directory, authority);
    OperatorKeys keys = new OperatorKeys(directory);
    keys.create(OperatorKeys.COMMAND, random);
    keys.create(OperatorKeys.VERIFIER, random);
    return authority;
  }
}
