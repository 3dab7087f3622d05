package dev.bartizan.agent.serve.http;

/** A request that does not fit the route it took. */
public final class CallRefusal extends HttpRefusal {
  private static final long serialVersionUID = 1L;

  private final String code;

  private CallRefusal(int status, String code, String message) {
    super(status, message, null);
    this.code = code;
  }

  public static CallRefusal notFound() {
    return new CallRefusal(404, "NOT_FOUND", "there is nothing here");
  }

  public static CallRefusal wrongMethod(String allowed) {
    return new CallRefusal(405, "WRONG_METHOD", "only " + allowed + " works here");
  }

  public static CallRefusal malformed(String message) {
    return new CallRefusal(400, "MALFORMED", message);
  }

  public static CallRefusal tooLarge(long limitBytes) {
    return new CallRefusal(413, "TOO_LARGE", "the body is larger than " + limitBytes + " bytes");
  }

  static CallRefusal foreignHost() {
    return new CallRefusal(403, "FOREIGN_HOST", "this port answers only as localhost");
  }

  @Override
  public String code() {
    return code;
  }
}
