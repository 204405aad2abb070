//! How single values look in the API document: plain types, never references of their own.

use utoipa::ToSchema;
use utoipa::openapi::schema::{KnownFormat, Object, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use super::catalogue::Scalar;
use super::lenient::{BigInt, Flag, Guid, Int, Moment, Real, Text};

pub(super) fn describe(scalar: Scalar) -> Object {
    let (kind, format) = match scalar {
        Scalar::Int => (Type::Integer, Some(KnownFormat::Int32)),
        Scalar::BigInt => (Type::Integer, Some(KnownFormat::Int64)),
        Scalar::Real => (Type::Number, Some(KnownFormat::Double)),
        Scalar::Flag => (Type::Boolean, None),
        Scalar::Text => (Type::String, None),
        Scalar::Moment | Scalar::WallTime => (Type::String, Some(KnownFormat::DateTime)),
        Scalar::Guid => (Type::String, Some(KnownFormat::Uuid)),
    };
    let format = format.map(SchemaFormat::KnownFormat);
    ObjectBuilder::new().schema_type(kind).format(format).build()
}

/// The derive asks fields for both traits; the first is public in all but its path.
macro_rules! described {
    ($($name:ident),*) => { $(
        impl utoipa::__dev::ComposeSchema for $name {
            fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
                RefOr::T(Schema::Object(describe(Scalar::$name)))
            }
        }

        impl ToSchema for $name {}
    )* };
}

described!(Int, BigInt, Real, Flag, Text, Moment, Guid);

/// The value types by the names under which the derive refers to them.
pub(super) fn value_schemas() -> [(String, RefOr<Schema>); 7] {
    fn value<T: ToSchema>() -> (String, RefOr<Schema>) {
        (T::name().into_owned(), T::schema())
    }
    [
        value::<Int>(),
        value::<BigInt>(),
        value::<Real>(),
        value::<Flag>(),
        value::<Text>(),
        value::<Moment>(),
        value::<Guid>(),
    ]
}
